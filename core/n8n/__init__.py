"""Everything that is about n8n: nodes and workflows that call Claude, and what is wrong with those of others.

* `versions`: what n8n does to a call to Claude in each version; `type_versions`, `shipped_types`: its nodes
* `choices`: what a person chooses for a node, checked; `urls` and `expressions` check addresses and prompts
* `nodes`, `workflows`: the nodes and workflows, with JavaScript from ``code/``; `generate` writes them for n8n
* `explain`: what each field of a generated node is for
* `check`: what is wrong with a node or workflow, and a corrected copy
* `commands`: the terminal's `node` and `check-node`

Errors, all `ValueError` with a plain sentence:

    ChoiceRefusedError       a choice that cannot become a node
    ExpressionRefusedError   a prompt that cannot become an expression
    UnknownVersionError      a text that is no n8n version, or a version that is too old
    check.NotANodeError      a paste without a node
    └── check.DamagedJsonError   a node in damaged JSON
"""
