"""Has Django use the portal's own admin site."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """The admin with the site of `portal.accounts.admin_site`."""

    default_site = "portal.accounts.admin_site.PortalAdmin"
