"""Words that managers type again and again: each reader gets them in their own language."""

from bot.marks import _m

USUAL = (
    _m("Quarterly review"),
    _m("Monthly review"),
    _m("Annual review"),
    _m("Weekly call"),
    _m("Monthly call"),
    _m("Kick-off"),
    _m("Training"),
    _m("Product training"),
    _m("Product demo"),
    _m("Roadmap review"),
    _m("Price talk"),
    _m("Sales planning"),
    _m("Forecast call"),
    _m("Pipeline review"),
    _m("Technical call"),
    _m("Introduction"),
)
