"""The portal's addresses, and an empty view of the REST framework."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.urls import handler400, handler403, handler404, handler500
from portal.urls import urlpatterns as portal_urls


class EmptyView(APIView):
    """Answers with nothing, as cheaply as the framework can behind the portal's middleware."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    schema = None

    def get(self, request: Request) -> Response:
        """An empty object."""
        return Response({})


urlpatterns = [path("api/v1/empty/", EmptyView.as_view()), *portal_urls]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
