-- The bucket of bucket.py inside Redis, so that every process draws from the same one. The functions
-- have the names of the methods there, and the constants are put in front of this text.
--
-- KEYS[1] the bucket, KEYS[2] the pause of its account.
-- ARGV[1] JSON: {reports: calls that came back, ask: a call that wants to leave, pause: seconds}.
-- Answers the reply to the ask as JSON, or an empty string.

local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local packed = redis.call('GET', KEYS[1])
local b = packed and cmsgpack.unpack(packed) or {
  available = 0, at = 0, rate = 0, maximum = 0, spent = 0, newest = 0, spare = 0, spare_at = 0,
  factor = 1, factor_at = 0, probed = false, own = false, turns = 0, held = {}, queue = {}, costs = {}, shapes = 0,
}
local input = cjson.decode(ARGV[1])

local function present(value)
  return value ~= nil and value ~= cjson.null
end

local function under_way()
  local sum, any = 0, false
  for _, one in pairs(b.held) do
    sum, any = sum + one.points, true
  end
  return sum, any
end

local function now_available()
  local elapsed = math.max(0, now - b.at)
  local _, any = under_way()
  if any and not b.own then
    elapsed = math.min(elapsed, STALE_SECONDS)
  end
  return math.min(b.maximum, b.available + elapsed * b.rate)
end

local function spare_now()
  return math.max(0, b.spare - (now - b.spare_at) * SPARE_DECAY)
end

local function factor_now()
  return math.min(1, b.factor + math.max(0, now - b.factor_at) / RECOVERY_SECONDS)
end

local function tidy()
  for key, one in pairs(b.held) do
    if one.lapses <= now then
      b.held[key] = nil
      b.available = b.available - one.points
      b.spent = b.spent + one.points
    end
  end
  for key, one in pairs(b.queue) do
    if one.lapses <= now then
      b.queue[key] = nil
    end
  end
end

local function learn_limit(ask)
  b.own = ask.rate > 0
  if b.own then
    local factor = factor_now()
    if b.at <= 0 then
      b.available, b.at = ask.maximum * factor, now
    end
    b.rate = ask.rate * factor
    b.maximum = math.max(1, ask.maximum * factor)
  elseif b.rate <= 0 and present(ask.seed) then
    b.available, b.rate, b.maximum = ask.seed[1], ask.seed[2], ask.seed[3]
    b.at = now - ask.seed[4]
  end
end

local function left_free(ask, points, due)
  local spare = 0
  if not b.own then
    spare = math.min(SPARE_POINTS + spare_now(), b.maximum * MOST_SPARE_SHARE)
  end
  if not ask.urgent and now < due then
    spare = spare + b.maximum * BULK_SHARE
  end
  return math.min(spare, b.maximum - points)
end

local function place(ask)
  local waiting = b.queue[ask.id]
  if waiting then
    return waiting.due, waiting.turn
  end
  b.turns = b.turns + 1
  return now + (ask.urgent and 0 or BULK_PATIENCE_SECONDS), b.turns
end

local function note(key, points, due, turn, granted)
  if granted then
    b.queue[key] = nil
    b.held[key] = {points = points, lapses = now + LAPSE_SECONDS, left_at = now, spent = b.spent}
  else
    b.queue[key] = {due = due, turn = turn, points = points, lapses = now + QUEUE_SECONDS}
  end
end

local function probe(ask, points, paused)
  local granted = paused <= 0 and (b.probed or next(b.held) == nil)
  if granted and not ask.look then
    note(ask.id, points, now, 0, granted)
  end
  local wait = granted and 0 or math.max(paused, PROBE_SECONDS)
  return {
    granted = granted, wait = wait, paused = paused > 0, free = 0, points = points, metered = false,
  }
end

local function reserve(ask, paused)
  learn_limit(ask)
  local points = b.costs[ask.shape] or ask.guess
  if b.rate <= 0 then
    return probe(ask, points, paused)
  end
  points = math.min(points, b.maximum)
  local due, turn = place(ask)
  local ahead = 0
  for _, other in pairs(b.queue) do
    if other.due < due or (other.due == due and other.turn < turn) then
      ahead = ahead + other.points
    end
  end
  local free = now_available() - under_way() - ahead - left_free(ask, points, due)
  local granted = free >= points and paused <= 0
  local wait = granted and 0 or math.max(paused, (points - free) / b.rate, 0.001)
  if not ask.look then
    note(ask.id, points, due, turn, granted)
  end
  return {
    granted = granted, wait = wait, paused = paused > 0, free = free, points = points, metered = true,
  }
end

local function believe(report, held, expected)
  local requested, available = report.told[1], report.told[3]
  b.maximum, b.rate = report.told[4], report.told[5]
  if requested > 0 and (b.costs[report.shape] or b.shapes < MOST_SHAPES) then
    b.shapes = b.shapes + (b.costs[report.shape] and 0 or 1)
    b.costs[report.shape] = math.min(requested, b.maximum)
  end
  if not held then
    b.available = math.min(expected, available)
  elseif held.left_at >= b.newest then
    b.available = available - (b.spent - held.spent)
    b.newest = held.left_at
  else
    b.available = math.min(expected, available - (b.spent - held.spent))
  end
  b.at = now
end

local function slow_down(report, held)
  if present(report.told) then
    b.spare = math.min(spare_now() + SPARE_POINTS, b.maximum * MOST_SPARE_SHARE)
    b.spare_at = now
    return
  end
  if not held or held.left_at >= b.factor_at then
    b.factor = math.max(SMALLEST_FACTOR, factor_now() / 2)
    b.factor_at = now + report.wait
  end
  b.available = math.min(b.available, 0)
  b.at = math.max(b.at, now + report.wait)
end

local function settle(report)
  local held = b.held[report.id]
  b.held[report.id], b.queue[report.id] = nil, nil
  local told = present(report.told)
  local charge = held and held.points or 0
  if report.refused then
    charge = 0
  elseif told and present(report.told[2]) then
    charge = report.told[2]
  end
  local before = now_available()
  if told and report.told[5] > 0 then
    believe(report, held, before - charge)
  else
    b.available, b.at = before - charge, now
  end
  b.spent = b.spent + charge
  b.probed = b.probed or held ~= nil
  if report.refused then
    slow_down(report, held)
  end
end

local paused = math.max(0, redis.call('PTTL', KEYS[2]) / 1000)
if input.pause > paused then
  redis.call('SET', KEYS[2], '1', 'PX', math.ceil(input.pause * 1000))
  paused = input.pause
end
tidy()
for _, report in ipairs(input.reports) do
  settle(report)
end
local reply = present(input.ask) and cjson.encode(reserve(input.ask, paused)) or ''
redis.call('SET', KEYS[1], cmsgpack.pack(b), 'PX', KEEP_MILLISECONDS)
return reply
