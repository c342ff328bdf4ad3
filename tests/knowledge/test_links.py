"""Links lead where they seem to: only http(s), never another site behind a name, always shown by their real host."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.escape import inline
from knowledge.links import host_of, link_problem, shown_link

few = settings(max_examples=200, derandomize=True, deadline=None, database=None)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("javascript:alert(1)", "is not a web address"),
        ("data:text/html,x", "is not a web address"),
        ("file:///etc/passwd", "is not a web address"),
        ("ftp://a.example/", "is not a web address"),
        ("//a.example", "is not a web address"),
        ("https:/a.example", "is not a web address"),
        ("https://", "is not a web address"),
        ("https://:443/", "is not a web address"),
        ("https://a.example:port/", "is not a web address"),
        ("https://[::1", "is not a web address"),
        ("https://good.example@evil.example/", "leads to another (evil.example)"),
        ("https://good.example:x@evil.example", "leads to another (evil.example)"),
        ("https://good.example%2F@evil.example", "leads to another (evil.example)"),
        ("https://good.example\\@evil.example", "evil.example"),
        ("https://good.example\\.evil.example", "holds a character"),
        ("https://good.example/<b>", "holds a character"),
        ("https://good.example/a b", "holds a character"),
        ("https://good.example/\u202egpj.exe", "holds a character"),
        ("https://good\u200b.example/", "holds a character"),
        ("https://good..example/", "has no host"),
        ("https://good.example\uff0fevil.example", ""),
    ],
)
def test_what_is_refused_as_a_link(url: str, words: str) -> None:
    assert words in link_problem(url)
    assert link_problem(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", ""),
        ("https://a.example/x?y=1#z", "https://a.example/x?y=1#z"),
        ("HTTPS://A.Example:8080/X", "https://a.example:8080/X"),
        ("https://аpple.example/", "https://xn--pple-43d.example/"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/é"),
        ("https://medium.example/@somebody", "https://medium.example/%40somebody"),
        ("https://w.example/wiki/X_(y)_*z*", "https://w.example/wiki/X_%28y%29_%2Az%2A"),
        ("https://evil.example/https://good.example", "https://evil.example/https://good.example"),
        ("https://evil.example#@good.example", "https://evil.example#%40good.example"),
        ("http://[::1]:80/", "http://[::1]:80/"),
    ],
)
def test_what_is_taken_is_shown_by_its_host(url: str, shown: str) -> None:
    assert link_problem(url) == ""
    assert shown_link(url) == shown
    assert host_of(shown_link(url)) == host_of(url)


@few
@given(st.lists(st.sampled_from([*"ab.@/\\:?#%[]()<>|*`_~é\u202e\u200b\uff0f", "аpple", "evil.example"])).map("".join))
def test_what_is_shown_is_one_link_to_the_host_that_is_named(rest: str) -> None:
    url = f"https://{rest}"
    if link_problem(url):
        return
    shown = shown_link(url)
    assert host_of(shown) == host_of(url) != ""
    assert shown.startswith(f"https://{host_of(url)}")
    if "[" not in host_of(url) and "~" not in shown:
        assert inline(shown) == shown  # nothing of it is escaped: a chat takes it for one address
