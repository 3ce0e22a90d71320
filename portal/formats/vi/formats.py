"""Vietnamese numbers: 2.378,5. Django knows the separators but does not group."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3
