"""The tables of who hears and who moves what. A listener's room stands above the event's room."""

from chengshao.kernel.events import Listeners, wire

LISTENERS: Listeners = {}
wire(LISTENERS)
