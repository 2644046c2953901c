"""The assistant's own knowledge once more, in words that a model chooses."""

from pydantic import Field

from tools.contract import Arguments, Tool, ToolCitation, ToolContext, ToolResult

MAX_TEXT_CHARS = 600
MAX_QUOTE_CHARS = 400


class SearchArguments(Arguments):
    """What to look for."""

    query: str = Field(min_length=2, max_length=300, description="What to look for.")
    limit: int = Field(default=4, ge=1, le=8)


async def search_knowledge(context: ToolContext, arguments: SearchArguments) -> ToolResult:
    """The texts nearest to a query, best first."""
    found = await context.knowledge.search(arguments.query, limit=arguments.limit)
    shown = [{"title": one["title"][:200], "text": one["text"][:MAX_TEXT_CHARS]} for one in found]
    if not found:
        return ToolResult({"passages": []}, "", is_found=False)
    best = found[0]
    return ToolResult(
        {"passages": shown},
        "\n".join(one["text"] for one in shown),
        ToolCitation(best["title"], best["text"][:MAX_QUOTE_CHARS]),
    )


search_knowledge_tool = Tool(
    name="search_knowledge",
    title="Knowledge search",
    description="Searches the company's knowledge for other words than the customer's own.",
    arguments=SearchArguments,
    call=search_knowledge,
    identity="anonymous",
)
