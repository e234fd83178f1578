"""Text of a static page: Markdown with formulas as MathML, code in colours, links between the pages."""

import html
import posixpath
import re

from latex2mathml.converter import convert
from mistune import HTMLRenderer
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from tools.address import clone_url
from tools.notebook import CourseError

TAG = re.compile(r"\\tag\{([^}]*)\}")
REFERENCE = re.compile(r"\((\d+\.\d+\.\d+)\)")
LESSON = re.compile(r"\b\d\d_\d+\b")


def formula(tex, display=False):
    """TeX as MathML; a \\tag becomes a number at the right, to be linked to. CourseError where it cannot be set."""
    body = TAG.sub("", tex).strip()
    try:
        math = convert(body, display="block" if display else "inline")
    except Exception as error:  # whatever the converter stumbles over, the author learns which formula it was
        raise CourseError(f"the formula {body!r} cannot be set: {type(error).__name__}: {error}") from None
    if unknown := re.findall(r"\\\w*", math):
        raise CourseError(f"the formula {body!r} cannot be set: no MathML is known for {', '.join(unknown)}")
    if not display:
        return math
    number = "".join(f'<span class="number" id="eq-{n}">({n})</span>' for n in TAG.findall(tex))
    return f'<div class="equation">{math}{number}</div>'


def code(text):
    """Python in colours; the colours themselves are in style.css."""
    return highlight(text.rstrip(), PythonLexer(), HtmlFormatter(cssclass="code", wrapcode=True))


class PageRenderer(HTMLRenderer):
    """Markdown to HTML as the pages want it.

    folder: that of the page in the course, for links. lessons: the addresses of other lessons by their number.
    """

    def __init__(self, folder, lessons):
        super().__init__(escape=False)
        self.folder, self.lessons = folder, lessons
        self.headings = []  # (level, id, text) as they came

    def heading(self, text, level, **attrs):
        plain = html.unescape(re.sub(r"<[^>]+>", "", text))
        name = base = re.sub(r"\W+", "-", plain.lower()).strip("-") or "part"
        number = 1
        while any(name == known for _, known, _ in self.headings):
            number += 1
            name = f"{base}-{number}"
        self.headings.append((level, name, plain))
        return f'<h{level} id="{name}">{text}</h{level}>\n'

    def text(self, text):
        text = REFERENCE.sub(r'<a class="to-equation" href="#eq-\1">(\1)</a>', super().text(text))
        return LESSON.sub(self._to_lesson, text)

    def _to_lesson(self, match):
        href = self.lessons.get(match[0])
        return f'<a href="{href}">{match[0]}</a>' if href else match[0]

    def block_code(self, code_text, info=None):
        return code(code_text) if info == "python" else super().block_code(code_text, info)

    def block_math(self, body):
        return formula(html.unescape(body), display=True)

    def inline_math(self, body):
        return formula(html.unescape(body))

    def latex_environment(self, name, body):
        return formula(f"\\begin{{{name}}}{html.unescape(body)}\\end{{{name}}}", display=True)

    def paragraph(self, text):
        """A formula of its own line is no paragraph: a block may not stand in one."""
        return text if text.startswith('<div class="equation">') else super().paragraph(text)

    def link(self, text, url, title=None):
        return super().link(re.sub(r"</?a\b[^>]*>", "", text), self.address(url), title)

    def address(self, url):
        """Lessons and pages of chapters/ lead to their HTML; other files of the course to its repository."""
        if re.match(r"[a-z]+:|#", url):
            return url
        path, mark, part = url.partition("#")
        place = posixpath.normpath(posixpath.join(self.folder, path))
        if place.startswith("chapters/") and place.endswith((".ipynb", ".md")):
            return re.sub(r"\.(ipynb|md)$", ".html", path) + mark + part
        return f"{clone_url()}/blob/main/{place}{mark}{part}"


class Text:
    """All Markdown of one page; remembers its headings."""

    def __init__(self, folder, lessons=None):
        self.renderer = PageRenderer(folder, lessons or {})
        self._markdown = MarkdownWithMath(renderer=self.renderer)

    def __call__(self, source):
        return self._markdown.render(source)

    @property
    def headings(self):
        return self.renderer.headings


def unlink_missing_equations(page):
    """A number in the text leads to its equation only where that stands on the same page."""
    known = set(re.findall(r'id="eq-([\d.]+)"', page))
    link = re.compile(r'<a class="to-equation" href="#eq-([\d.]+)">(.*?)</a>')
    return link.sub(lambda match: match[0] if match[1] in known else match[2], page)
