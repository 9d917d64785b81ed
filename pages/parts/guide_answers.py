"""The parts of the guide that answer a question, as links, wherever a person may type one."""

from core.text import guide
from pages.parts import escaped, links
from pages.parts.links import PortalPage


def draw(question: str) -> bool:
    """Draw links to the parts of the guide that answer a question; return whether there are any."""
    sections = guide.answering(question)
    if sections:
        escaped.announcement("The guide answers questions like this:")
    for section in sections:
        label = f"Guide: {section.title}"
        links.to(PortalPage.GUIDE, label, icon=":material/menu_book:", query={"section": section.id})
    return bool(sections)
