"""The site itself. Celery's application is made with it, so that every process has a broker."""

import os

# Before NumPy loads: the engine's products are small and web workers share the processors, so
# threads inside a product only get into each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


from portal.celery import app as celery_app

__all__ = ["celery_app"]
