-- Orders of three lines for wrk, each with a number of its own.
local members = tonumber(os.getenv("MEMBERS"))
local dearest = tonumber(os.getenv("DEAREST"))
local run = os.getenv("RUN")
local count = 0
local line = '{"ref": "%d", "quantity": 1, "gross_ore": %d, "sku": "A-%d", "name": "Lampa", "category": "home/light"}'
local body = '{"number": "%s-%d", "placed_at": "%s", "member": {"number": "%010d"}, "lines": [%s, %s, %s]}'
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

function request()
  count = count + 1
  local at = os.date("!%Y-%m-%dT%H:%M:%SZ")
  local text = string.format(body, run, count, at, math.random(1, members), a_line(1), a_line(2), a_line(3))
  return wrk.format("POST", "/api/v1/orders/", headers, text)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %f, "p50": %f, "p90": %f, "p99": %f, "refused": %d, "broken": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(90) / 1000,
    latency:percentile(99) / 1000, errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
