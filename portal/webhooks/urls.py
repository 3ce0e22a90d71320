"""The addresses of webhooks in the API."""

from rest_framework.routers import SimpleRouter

from portal.api.views import UUID_PATTERN
from portal.webhooks import views

router = SimpleRouter()
router.register("webhooks", views.WebhookViewSet, "api-webhook")
router.register(
    rf"webhooks/(?P<webhook>{UUID_PATTERN})/deliveries", views.DeliveryViewSet, "api-delivery"
)
urlpatterns = router.urls
