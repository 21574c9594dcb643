"""Descriptions from TikTok: what tells something stays, what runs or looks goes."""

from __future__ import annotations

import pytest

from products.import_html import clean_html

CASES = {
    "plain text": ("Soft & warm", "Soft &amp; warm"),
    "styles and classes": (
        '<p style="text-align: left;" class="x"><span style="color:red">MÔ TẢ</span></p>',
        "<p>MÔ TẢ</p>",
    ),
    "empty paragraphs": (
        "<p>One</p><p><span><br></span></p><p>&nbsp;</p><div><b> </b></div><p>Two</p>",
        "<p>One</p><p>Two</p>",
    ),
    "a break inside text": ("<p>One<br/>Two</p>", "<p>One<br>Two</p>"),
    "scripts": (
        '<p>A</p><script>alert("x")</script><style>p{}</style><p>B</p>',
        "<p>A</p><p>B</p>",
    ),
    "a script that never ends": ("<p>A</p><script>alert(1)<p>B</p>", "<p>A</p>"),
    "frames and pictures of lines": (
        '<iframe src="https://x"><p>in</p></iframe><svg onload="x()"><p>in</p></svg>Out',
        "Out",
    ),
    "an embed has no end": ('A<embed src="x">B', "AB"),
    "handlers": (
        '<p onclick="x()">A</p><img src="https://a/b.jpg" onerror="x()">',
        '<p>A</p><img src="https://a/b.jpg">',
    ),
    "script addresses": ('<a href="java\tscript:x()">A</a><a href="JavaScript:x()">B</a>', "AB"),
    "data addresses": ('<img src="data:image/png;base64,AA">A', "A"),
    "addresses that are none": ('<a href="http://[x">A</a><img src="/a.png">', "A"),
    "links": (
        '<a href="https://a.b/?c=1&amp;d=2" target="_blank">A</a>',
        '<a href="https://a.b/?c=1&amp;d=2">A</a>',
    ),
    "an address without a scheme": (
        '<img src="//p16.example/a.jpg">',
        '<img src="https://p16.example/a.jpg">',
    ),
    "pictures": (
        '<img alt=" A &quot;B&quot; " height="80" src="https://a/b.jpg?x=1&y=2" width="80px">',
        '<img alt="A &quot;B&quot;" height="80" src="https://a/b.jpg?x=1&amp;y=2">',
    ),
    "tables": (
        '<table border="1"><tbody><tr><td colspan="2" id=x>A</td><td></td></tr></tbody></table>',
        '<table><tbody><tr><td colspan="2">A</td><td></td></tr></tbody></table>',
    ),
    "lists left open": ("<ul><li>A<li>B", "<ul><li>A<li>B</li></li></ul>"),
    "ends without a beginning": ("</div><p>A</p></p></script>", "<p>A</p>"),
    "text that looks like a tag": (
        "<p>1 &lt; 2 &lt;script&gt;</p>",
        "<p>1 &lt; 2 &lt;script&gt;</p>",
    ),
    "comments and the rest": ("<!-- a --><!doctype html><?php x ?><p>A</p>", "<p>A</p>"),
    "unknown tags": ("<font color=red><o:p>A</o:p></font>", "A"),
    "a NUL": ("<scr\x00ipt>x</scr\x00ipt><p>A\x00</p>", "<p>A</p>"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_a_description_is_cleaned(name: str) -> None:
    given, wanted = CASES[name]
    assert clean_html(given) == wanted


@pytest.mark.parametrize("name", CASES)
def test_cleaning_again_changes_nothing(name: str) -> None:
    cleaned = clean_html(CASES[name][0])
    assert clean_html(cleaned) == cleaned
