-- For wrk, by CALL: orders of three lines, each with a number of its own, carts to quote, and members to read.
local members = tonumber(os.getenv("MEMBERS"))
local dearest = tonumber(os.getenv("DEAREST"))
local run = os.getenv("RUN")
local what = os.getenv("CALL")
local count = 0
local line = '{"ref": "%d", "quantity": 1, "gross_ore": %d, "sku": "A-%d", "name": "Lampa", "category": "home/light"}'
local body = '{"number": "%s-%d", "placed_at": "%s", "member": {"number": "%010d"}, "lines": [%s, %s, %s]}'
local cart = '{"member": {"number": "%010d"}, "lines": [%s, %s, %s]}'
local headers = {
  ["Content-Type"] = "application/json",
  ["Authorization"] = "Bearer " .. os.getenv("API_KEY"),
  ["X-Forwarded-Proto"] = "https",
}

function init()
  math.randomseed(os.time())
end

local function a_line(ref)
  return string.format(line, ref, math.random(1000, dearest), ref)
end

local calls = {}

function calls.orders(member, lines)
  local text = string.format(body, run, count, os.date("!%Y-%m-%dT%H:%M:%SZ"), member, unpack(lines))
  return wrk.format("POST", "/api/v1/orders/", headers, text)
end

function calls.quotes(member, lines)
  return wrk.format("POST", "/api/v1/quotes/", headers, string.format(cart, member, unpack(lines)))
end

-- The last digit of a number that is asked for must be right (Luhn).
local function with_check_digit(tens)
  local total, doubles = 0, true
  for digit in string.reverse(tostring(tens)):gmatch("%d") do
    local value = tonumber(digit) * (doubles and 2 or 1)
    total = total + (value > 9 and value - 9 or value)
    doubles = not doubles
  end
  return tens * 10 + (-total) % 10
end

function calls.points()
  local member = with_check_digit(math.random(1, members / 10 - 1))
  return wrk.format("GET", string.format("/api/v1/members/%010d/points/", member), headers)
end

function request()
  count = count + 1
  return calls[what](math.random(1, members), {a_line(1), a_line(2), a_line(3)})
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %f, "p50": %f, "p90": %f, "p99": %f, "refused": %d, "broken": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(90) / 1000,
    latency:percentile(99) / 1000, errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
