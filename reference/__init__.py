"""Our own implementation of the package: portal, registry and hub, the system under test when no real one is given."""

from reference import hub, portal, registry

ROLES = (portal.ROLE, registry.ROLE, hub.ROLE)
