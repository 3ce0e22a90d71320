"""The addresses of webhooks in the API."""

from rest_framework.routers import SimpleRouter

from portal.webhooks import views

router = SimpleRouter()
router.register("webhooks", views.WebhookViewSet, "api-webhook")
router.register(
    rf"webhooks/(?P<webhook>{views.UUID})/deliveries", views.DeliveryViewSet, "api-delivery"
)
urlpatterns = router.urls
