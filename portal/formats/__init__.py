"""How numbers and dates are written, where Django itself leaves it open."""
