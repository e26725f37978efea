"""Liquid in a body, by python-liquid and within limits: no files, no partials, no clock, nothing but given values.

What cannot be known is left out and noted; in code it stays as it is. The library parses and evaluates expressions,
and holds names; tags are taken apart by ``tags``, in linear time, and unknown ones never reach it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, Environment, Token, TokenStream
from liquid.exceptions import LiquidError, LiquidInterrupt
from liquid.output import LimitedStringIO
from liquid.parser import Parser
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG

from syndicator.markup.liquidcontext import Context, Job, Spent
from syndicator.markup.liquidtags import BLOCKS, SIMPLE, register
from syndicator.markup.tags import Piece

__all__ = ["BLOCKS", "SIMPLE", "Job", "Spent", "render"]

#: The most bytes that a block may come to.
_MOST_OUTPUT = 4_000_000


def render(body: str, pieces: list[Piece], job: Job, names: Mapping[str, Any]) -> str:
    """The body with everything done that can be known. ``names`` is what templates may know. Raises Spent."""
    environment = _environment()
    # What the body itself comes to, as a character has at most four bytes, and room for what is put in.
    buffer = LimitedStringIO(4 * len(body) + 1_000_000)
    try:
        template = BoundTemplate(environment, Parser(environment).parse(TokenStream(iter(_tokens(body, pieces, job)))))
        context = Context(template, globals=names)
        context.job = job
        for node in template.nodes:
            context.spend(0)
            node.render(context, buffer)
    except LiquidInterrupt:
        pass  # "break" outside of a loop: Liquid ends there as well
    except (LiquidError, RecursionError) as error:
        raise Spent("its templates are nested too deep, or come to too much text") from error
    return buffer.getvalue()


def _tokens(body: str, pieces: list[Piece], job: Job) -> list[Token]:
    tokens: list[Token] = []
    for index, piece in enumerate(pieces):
        kind, start = piece.kind, piece.start
        if kind == "text":
            text = piece.text
            if index and pieces[index - 1].after:
                text = text.lstrip()
            if index + 1 < len(pieces) and pieces[index + 1].before:
                text = text.rstrip()
            if text:
                tokens.append(Token(TOKEN_CONTENT, text, start, body))
        elif kind == "raw" and piece.text:
            tokens.append(Token(TOKEN_CONTENT, piece.text, start, body))
        elif kind == "end" and job.is_code(start):
            # What it ends stays there as well.
            tokens.append(Token(TOKEN_CONTENT, body[start : piece.end], start, body))
        elif kind == "output":
            tokens += (Token(TOKEN_OUTPUT, "", start, body), Token(TOKEN_EXPRESSION, piece.text, start, body))
        elif kind in ("tag", "unknown"):
            tokens.append(Token(TOKEN_TAG, piece.name if kind == "tag" else "unknown", start, body))
            if piece.text or kind == "unknown":
                tokens.append(
                    Token(
                        TOKEN_EXPRESSION, f"{piece.name} {piece.text}" if kind == "unknown" else piece.text, start, body
                    )
                )
    return tokens


class _Environment(Environment):
    block_nesting_limit = 30
    context_depth_limit = 30
    loop_iteration_limit = 10_000
    local_namespace_limit = 1_000_000
    output_stream_limit = _MOST_OUTPUT


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """One for all bodies: it holds no value of any."""
    environment = _Environment()
    register(environment)
    # The library's own would ask the clock, or give bytes.
    for name in ("date", "base64_decode", "base64_url_safe_decode"):
        del environment.filters[name]
    return environment
