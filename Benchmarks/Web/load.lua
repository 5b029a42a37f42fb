-- Pictures in turn: honest ones, whose answers must be the expected bytes, and hostile ones, which must be refused as documented.
local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

local face = read("data/faces/happy/0000.png")
local expected = read(os.getenv("EXPECTED"))
local bodies = {
  face, face, face, face,
  face:sub(1, -200),                                   -- cut off
  "\255\216\255" .. string.rep("\0", 3000),            -- a JPEG of nothing
  "<svg xmlns='http://www.w3.org/2000/svg'/>",         -- no format that is read
  "GIF89a\255\255\255\255\0\0\0,\0\0\0\0\255\255\255\255\0\8\0", -- a bomb of 65535 x 65535
  "P6 100000 100000 255\n",                            -- another
  string.rep("A", 100000),
}
local documented = { [200] = true, [413] = true, [415] = true, [422] = true, [429] = true, [503] = true }
local threads = {}
counts, wrong, undocumented, next_body = "", 0, 0, 0
local statuses = {}

function setup(thread) table.insert(threads, thread) end

function request()
  next_body = next_body % #bodies + 1
  return wrk.format("POST", nil, nil, bodies[next_body])
end

function response(status, headers, body)
  statuses[status] = (statuses[status] or 0) + 1
  if not documented[status] then undocumented = undocumented + 1 end
  -- Only faces are answered with 200, all with the same bytes.
  if status == 200 and body ~= expected then wrong = wrong + 1 end
  counts = ""
  for s, n in pairs(statuses) do counts = counts .. s .. "=" .. n .. " " end
end

function done(summary)
  local all, badly, strange = {}, 0, 0
  for _, thread in ipairs(threads) do
    badly = badly + thread:get("wrong")
    strange = strange + thread:get("undocumented")
    for s, n in thread:get("counts"):gmatch("(%d+)=(%d+)") do all[s] = (all[s] or 0) + n end
  end
  local line = ""
  for s, n in pairs(all) do line = line .. string.format("%s: %d  ", s, n) end
  print(line)
  print(string.format("wrong: %d", badly))
  print(string.format("undocumented: %d", strange))
  local e = summary.errors
  print(string.format("errors of sockets: connect %d, read %d, write %d, time-outs %d", e.connect, e.read, e.write, e.timeout))
end
