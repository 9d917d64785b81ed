"""The words of a case: its status, what each of its links is for, and the steps of its checklist."""

from typing import Final

from core.storage.cases.case import ChecklistStep, Right, Status

STATUS: Final = {
    Status.OPEN: "Open",
    Status.FIXED: "Fixed",
    Status.NEEDS_ANTHROPIC: "Needs Anthropic",
    Status.NEEDS_N8N_ADMIN: "Needs the n8n admin",
}

LINK: Final = {
    Right.VIEW: "link to read",
    Right.CONTRIBUTE: "link to work together",
    Right.OWN: "owner's link",
}

LINK_ALLOWS: Final = {
    Right.VIEW: "With this link you can read the case.",
    Right.CONTRIBUTE: "With this link you can read the case and add to it.",
    Right.OWN: "With this link you can read the case, add to it, withdraw its other links and delete it.",
}
"""What the reader of a case can do with the link they came by."""

LINK_PURPOSE: Final = {
    Right.VIEW: "Put this one into the ticket.",
    Right.CONTRIBUTE: "Send this one to work together.",
    Right.OWN: "Keep this one to yourself.",
}

LINK_HOLDER: Final = {
    Right.VIEW: "Anyone who has it can only read.",
    Right.CONTRIBUTE: "Anyone who has it can paste errors, add notes and tick steps.",
    Right.OWN: "It can also withdraw the other links and delete the case.",
}
"""What somebody else can do with a link that is handed on."""

CHECKLIST_STEP: Final = {
    ChecklistStep.UPDATED: "Key updated",
    ChecklistStep.TESTED: "Key tested",
    ChecklistStep.RUN: "Workflows run",
}
