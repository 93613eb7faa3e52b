"""How documents are written to a generation: in steps of Redis that are short, each done or not."""

from collections.abc import Iterator, Sequence

from data_bank_api.catalog.document import Document, stored_json

# So many in one step of Redis, in which it answers nobody else.
STEP = 25
FIELDS = 5

# put(prefix, found, first): a table holds from `first` on what `arguments` makes.
PUT = f"""
local function put(prefix, found, first)
    local lines, order = {{'HSET', prefix .. 'documents'}}, {{'ZADD', prefix .. 'order'}}
    local numbers = {{}}
    for place, name in ipairs({{'downloads', 'likes', 'size_bytes'}}) do
        numbers[place] = {{'ZADD', prefix .. name}}
    end
    for at = first, #found, {FIELDS} do
        lines[#lines + 1], lines[#lines + 2] = found[at], found[at + 1]
        order[#order + 1], order[#order + 2] = 0, found[at]
        for place, each in ipairs(numbers) do
            each[#each + 1], each[#each + 2] = found[at + 1 + place], found[at]
        end
    end
    if #lines > 2 then
        for _, command in ipairs({{lines, order, unpack(numbers)}}) do
            redis.call(unpack(command))
        end
        redis.call('HSET', prefix .. 'meta',
            'total_items', redis.call('ZCARD', prefix .. 'order'))
    end
end
"""


def in_steps(documents: Sequence[Document]) -> Iterator[Sequence[Document]]:
    for at in range(0, len(documents), STEP):
        yield documents[at : at + STEP]


def arguments(documents: Sequence[Document]) -> list[str | bytes | int]:
    """FIELDS of each."""
    found: list[str | bytes | int] = []
    for each in documents:
        size = -1 if each.size_bytes is None else each.size_bytes
        found += (each.id, stored_json(each), each.downloads, each.likes, size)
    return found
