# SPDX-License-Identifier: GPL-3.0-or-later
"""Articles come from a folder of Markdown, HTML and text files as people keep them."""

from __future__ import annotations

from pathlib import Path

from bot.sources.articles import GREATEST_FILE, read_folder


def test_markdown_gives_title_language_and_text(tmp_path: Path) -> None:
    """The first heading is the title, the name tells the language, marks are no words."""
    text = "# Exportera *rapporter*\n\nVälj [Exportera](https://x.example/y).\n"
    (tmp_path / "export.sv.md").write_text(text, encoding="utf-8")

    [article] = read_folder(tmp_path).articles

    assert (article.article_id, article.title, article.language) == (
        "export.sv", "Exportera rapporter", "sv",
    )  # fmt: skip
    assert "Välj Exportera." in article.body and "https" not in article.body


def test_front_lines_say_more(tmp_path: Path) -> None:
    """Title, language, address and whether customers may see it stand before the text."""
    said = "title: Root password\nlanguage: en\nurl: https://help.example/1\npublic: no"
    (tmp_path / "a.txt").write_text(f"---\n{said}\n---\nAsk.", encoding="utf-8")

    [article] = read_folder(tmp_path).articles

    assert (article.title, article.language, article.url) == (
        "Root password", "en", "https://help.example/1",
    )  # fmt: skip
    assert not article.is_public


def test_html_is_read_without_its_marks(tmp_path: Path) -> None:
    """Scripts and tags are no words; the title is the page's."""
    (tmp_path / "fr").mkdir()
    page = "<html><head><title>Mot de passe</title></head><body><script>x()</script><p>Cliquez.</p>"
    (tmp_path / "fr" / "page.html").write_text(page, encoding="utf-8")

    [article] = read_folder(tmp_path).articles

    assert (article.title, article.language) == ("Mot de passe", "fr")
    assert article.body.strip() == "Cliquez."


def test_unreadable_files_are_told_and_left_out(tmp_path: Path) -> None:
    """A file in another encoding or without end spoils no other."""
    (tmp_path / "good.md").write_text("# Good", encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes(b"r\xe4tt")
    (tmp_path / "huge.txt").write_bytes(b"x" * (GREATEST_FILE + 1))

    shelved = read_folder(tmp_path)

    assert [each.article_id for each in shelved.articles] == ["good"]
    assert len(shelved.problems) == 2


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    """A link cannot publish what lies elsewhere."""
    inside, outside = tmp_path / "articles", tmp_path / "secret.md"
    inside.mkdir()
    outside.write_text("# Secret", encoding="utf-8")
    (inside / "link.md").symlink_to(outside)

    assert read_folder(inside).articles == ()
