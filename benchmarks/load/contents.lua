-- Contents that are each sent once: file `name`.beginning and, for each end (its number in 16
-- hexadecimal digits), a line of `name`.digests. Threads take turns, so that none is sent twice.
local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

return function(name, first, step)
  local beginning, digests = read(name .. ".beginning"), read(name .. ".digests")
  local start, count = tonumber(read(name .. ".start")), #digests / 65
  local place = first - step
  return function()
    place = place + step
    if place >= count then return nil end
    local digest = digests:sub(place * 65 + 1, place * 65 + 64)
    return digest, beginning .. string.format("%016x", start + place)
  end
end
