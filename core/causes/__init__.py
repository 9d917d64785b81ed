"""The catalogue of causes: one card (a TOML file) per cause, and what reads it.

``<family>/<cause>.toml`` holds everything about a cause: how it is recognised, the words for the person, the facts that
the rest of Reconnect asks for, and its examples. The modules, each of which may import those before it:

* `card`: the form of a card; `places` and ``places.toml``: the menu paths, buttons and addresses that texts name;
* `templates`: fills a card's words; `ids`: the few causes that code names by itself;
* `loader`: reads and checks every card, and finds the one with a fact;
* `matcher`: which cards recognise a failure, and in which order;
* `similar`: which cards a text looks most like by its words;
* `sentences`: what n8n and its clients can say, word for word (``sentences.jsonl``), for what no card recognises;
* `search`: which cards a query finds, where there is no paste.

Errors::

    CardError       (loader) a card that cannot be used, or a catalogue that lacks what code asks for
    ValueError      (places) places.toml is wrong; (templates.check) a placeholder that names nothing
"""
