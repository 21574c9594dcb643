"""Texts as TikTok takes them."""

from __future__ import annotations

import pytest

from products.upload_text import clean_description, clean_text, is_refused_script


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Mug", "Mug"),
        ("🔥 Hot ☕ mug 🇻🇳", "Hot mug"),
        ("Salt &amp; Pepper&nbsp;mill", "Salt & Pepper mill"),
        ("Mug™ 350 ml ®", "Mug™ 350 ml ®"),
        ("A\tB\nC\u200bD", "A B C D"),
        ("Sale!!!!!!!!!!!!", "Sale!!!"),
        ("Sale!!!!!!!!!", "Sale!!!!!!!!!"),
        ("<b>Bold</b> mug", "Bold mug"),
        ("Trà Sen Tây Hồ – hộp 100 g", "Trà Sen Tây Hồ – hộp 100 g"),
        ("👨\u200d👩\u200d👧 Family set", "Family set"),
        ("★★★ !!", ""),
        ("", ""),
    ],
)
def test_titles_lose_what_tiktok_refuses(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>Soft <b>cotton</b></p>", "<p>Soft <b>cotton</b></p>"),
        ("Bare words", "<p>Bare words</p>"),
        ("<h2>Care 🔥</h2>Cold wash", "<p><strong>Care</strong></p><p>Cold wash</p>"),
        (
            "<ul>\n <li>One</li>\n<li>Two </li></ul>",
            "<ul><li>One</li><li>Two</li></ul>",
        ),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<div class='x'>a</div><div>b</div>", "<p>a</p><p>b</p>"),
        ("<p>a<br>b</p>", "<p>a<br>b</p>"),
        ("<script>alert(1)</script><style>p{}</style><p>a</p>", "<p>a</p>"),
        ("<p onclick='x'>a <a href='https://x.example'>link</a></p>", "<p>a link</p>"),
        ("<table><tr><td>Size</td><td>L</td></tr></table>", "<p>Size L</p>"),
        ("<p>5 &lt; 6 &amp; 7 &gt; 2</p>", "<p>5 ‹ 6 & 7 › 2</p>"),
        ("<p>&amp;copy; x</p>", "<p>& copy; x</p>"),
        ("<p> </p><p><br></p><p>&nbsp;</p>", ""),
        ("<p>a</i></strong></p>", "<p>a</p>"),
        ("<p>a</p><p>----------</p>", "<p>a</p><p>---</p>"),
        ("<p>-----</p>", ""),
        ("", ""),
    ],
)
def test_descriptions_keep_few_tags_each_of_them_closed(html: str, cleaned: str) -> None:
    assert clean_description(html) == (cleaned, 0)


def test_pictures_are_left_out_and_counted() -> None:
    assert clean_description("<p>a<img src='x'></p><img/>") == ("<p>a</p>", 2)


def test_the_words_of_a_template_stand_below() -> None:
    assert clean_description("<p>a", "Free returns")[0] == "<p>a</p><p>Free returns</p>"
    assert clean_description("<ul><li>a", "<p>b</p>")[0] == "<ul><li>a</li></ul><p>b</p>"


def test_chinese_is_taken_in_japan_alone() -> None:
    assert is_refused_script("陶瓷杯", "US")
    assert not is_refused_script("抹茶セット", "JP")
    assert not is_refused_script("ベルト", "US")
    assert not is_refused_script("Trà sen", "VN")
