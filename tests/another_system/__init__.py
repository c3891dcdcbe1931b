"""A second implementation of portal, registry and hub, tiny and deliberately different: other paths, pinyin field names, a
code/msg/data envelope, yuan as text, dates as digits. It knows nothing of our contract; `pinyin.toml` says how the two meet."""
