"""The tables of who hears and who moves what. A listener's room stands above the event's room."""

from chengshao.kernel.events import Listeners, wire
from chengshao.workorders.rules import book, registry

LISTENERS: Listeners = {}
BOOKS = (book.BOOK,)  # another room adds the Book of its kinds here
wire(LISTENERS)
registry.wire(*BOOKS)
