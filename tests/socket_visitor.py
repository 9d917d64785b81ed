"""A visitor without a browser: speaks to a page over its websocket, as Streamlit's own frontend does (1.67.0)."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

SECONDS = 30.0


class Visitor:
    """One session; `drawn` holds the elements of the last run."""

    def __init__(self, port: int, page: str, query: str = "") -> None:
        self._stack = ExitStack()
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self._socket = self._stack.enter_context(connect(address, subprotocols=["streamlit"], max_size=None))
        self._page, self._query = page, query
        self._values: dict[str, WidgetState] = {}
        self.drawn: list[object] = []
        self.run()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def text(self) -> str:
        """Everything that was drawn, as one text to look into."""
        return "\n".join(str(element) for element in self.drawn)

    def codes(self) -> list[str]:
        """The texts that are there to be copied."""
        return [element.code.code_text for element in self.drawn if element.WhichOneof("type") == "code"]

    def fill(self, label: str, value: str) -> None:
        """Type into a text area."""
        found = next(each.text_area for each in self.drawn if each.text_area.label == label)
        self._values[found.id] = WidgetState(id=found.id, string_value=value)

    def press(self, label: str) -> None:
        """Press a button and wait until the page is drawn again."""
        found = next(each.button for each in self.drawn if each.button.label == label)
        self.run(WidgetState(id=found.id, trigger_value=True))

    def run(self, *pressed: WidgetState) -> None:
        """Ask for a run of the page and take down what it draws."""
        asked = BackMsg()
        asked.rerun_script.page_name, asked.rerun_script.query_string = self._page, self._query
        asked.rerun_script.widget_states.widgets.extend([*self._values.values(), *pressed])
        self._socket.send(asked.SerializeToString())
        self.drawn = []
        while True:
            message = ForwardMsg.FromString(self._socket.recv(timeout=SECONDS))
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.HasField("new_element"):
                self.drawn.append(message.delta.new_element)
            if kind == "script_finished" and self.drawn:
                return
