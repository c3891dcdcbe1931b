"""The server's HTTP connections: uvicorn's own, which let the application reset them where a fault wants it."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sim.faces.acting import TRANSPORT


class Connection(HttpToolsProtocol):
    """Hands its transport on with every request."""

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: {"transport": self.transport}}
