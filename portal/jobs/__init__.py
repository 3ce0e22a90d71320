"""Background jobs. `queue.enqueue` asks for one; `registry.job` declares a kind of them."""
