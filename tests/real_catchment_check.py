"""real_catchment_check.py RESULT PLACES OSM [GTFS ...] - are the times of a table `matrix` what plain searches find?

Nothing here comes from sund but its answers. PLACES is a list `id lon lat`. OSM is read by a few lines of our own; who may
walk where is written down once more, as docs/reading.md has it.

on foot   from every place to every other: Dijkstra over all nodes, from the nearest street of one to that of the other.
transit   with GTFS: for every minute of the window all connections of the day are scanned in order of departure (Dibbelt
          and others 2013) with walks before, between and after; the 50th percentile by nearest rank.

Lengths are on the ellipsoid, by its radii of curvature at the middle of each piece. Prints a line a fault; exit 1 when
there is one.
"""
import bisect
import collections
import csv
import heapq
import io
import math
import os
import sqlite3
import struct
import sys
import zipfile
import zlib

result, places_file, osm_file = sys.argv[1:4]
feeds = sys.argv[4:]

DAY, WEEKDAY = os.environ.get("DAY", "20190513"), "monday"
BEGIN, LANES = 14 * 3600, int(os.environ.get("LANES", "20"))
WALK_MS, SNAP_M, WALK_LIMIT_S, MOST_S = 5 / 3.6, 250, 300, 3600
SEMI_MAJOR, SQUARED_ECCENTRICITY = 6378137.0, 0.0066943799901
SLOW = {"gravel": 3.75, "fine_gravel": 3.75, "pebblestone": 3.75, "sand": 2.5, "mud": 2.5}
NEVER = set("proposed construction planned abandoned razed disused demolished dismantled raceway rest_area services "
            "emergency_bay elevator bus_stop no".split())
WALKED = set("trunk trunk_link primary primary_link secondary secondary_link tertiary tertiary_link unclassified "
             "residential road living_street service track path steps pedestrian footway cycleway bridleway corridor "
             "platform pier".split())
OPEN = set("yes designated permissive official public allowed".split())
LAST = set("destination customers residents permit permit_holder".split())
SHUT = set("no private agricultural forestry delivery use_sidepath military".split())
BARRIERS = {"fence", "wall", "hedge", "debris"}

faults, compared = 0, 0


def check(what, got, wanted, tolerance):
    global faults, compared
    compared += 1
    if (got is None) != (wanted is None) or (got is not None and abs(got - wanted) > tolerance):
        faults += 1
        if faults <= 40:
            print(f"{what} is {got}, not {wanted} +- {tolerance}")


# ------------------------------------------------------------------------------------------------------ OpenStreetMap

def varints(b):
    out, value, shift = [], 0, 0
    for c in b:
        value |= (c & 127) << shift
        shift += 7
        if c < 128:
            out.append(value)
            value = shift = 0
    return out


def signed(values):
    return [v >> 1 if not v & 1 else -(v + 1 >> 1) for v in values]


def fields(b):
    at, end = 0, len(b)

    def number():
        nonlocal at
        value = shift = 0
        while True:
            c = b[at]
            at += 1
            value |= (c & 127) << shift
            if c < 128:
                return value
            shift += 7

    while at < end:
        key = number()
        if key & 7 == 0:
            yield key >> 3, number()
        elif key & 7 == 2:
            size = number()
            yield key >> 3, b[at:at + size]
            at += size
        else:
            size = 8 if key & 7 == 1 else 4
            yield key >> 3, b[at:at + size]
            at += size


def blocks(path):
    with open(path, "rb") as f:
        while head := f.read(4):
            header = dict(fields(f.read(struct.unpack(">I", head)[0])))
            blob = dict(fields(f.read(header[3])))
            if header[1] == b"OSMData":
                yield blob[1] if 1 in blob else zlib.decompress(blob[3])


def running(values):
    total, out = 0, []
    for v in values:
        total += v
        out.append(total)
    return out


def dense(group, unit, lon0, lat0, texts, node, barred):
    part = dict(fields(group))
    ids = running(signed(varints(part[1])))
    lats, lons = running(signed(varints(part[8]))), running(signed(varints(part[9])))
    for i, n in enumerate(ids):
        node[n] = ((lons[i] * unit + lon0) * 1e-9, (lats[i] * unit + lat0) * 1e-9)
    tags, at = varints(part.get(10, b"")), 0
    for n in ids:
        if at >= len(tags):
            return
        of = {}
        while tags[at]:
            of[texts[tags[at]]] = texts[tags[at + 1]]
            at += 2
        at += 1
        word = access(of)
        if "barrier" in of and (word == "shut" or (word is None and of["barrier"] in BARRIERS)):
            barred.add(n)


def read_osm(path):
    node, ways, relations, barred = {}, {}, [], set()
    for block in blocks(path):
        parts = list(fields(block))
        texts = [t.decode() for k, s in parts if k == 1 for _, t in fields(s)]
        scale = {17: 100, 19: 0, 20: 0}
        scale.update((k, v) for k, v in parts if k in scale)
        lat0, lon0 = (v - (1 << 64) if v >> 63 else v for v in (scale[19], scale[20]))
        for k, group in parts:
            for kind, of in fields(group) if k == 2 else ():
                if kind == 2:
                    dense(of, scale[17], lon0, lat0, texts, node, barred)
                elif kind in (3, 4):
                    part = dict(fields(of))
                    tags = dict(zip((texts[i] for i in varints(part.get(2, b""))),
                                    (texts[i] for i in varints(part.get(3, b"")))))
                    if kind == 3:
                        ways[part[1]] = (tags, running(signed(varints(part.get(8, b"")))))
                    elif tags.get("type") == "multipolygon":
                        kinds = varints(part.get(10, b""))
                        members = running(signed(varints(part.get(9, b""))))
                        relations.append((tags, [m for m, t in zip(members, kinds) if t == 1]))
    return node, ways, relations, barred


def access(tags):
    for key in ("foot", "access"):
        words = [w.strip() for w in tags.get(key, "").split(";")]
        for name, of in (("open", OPEN), ("last", LAST), ("shut", SHUT)):
            if any(w in of for w in words):
                return name
    return None


def class_of(tags):
    for key, value in (("highway", None), ("railway", "platform"), ("public_transport", "platform"), ("man_made", "pier")):
        if key in tags and value in (None, tags[key]):
            return None if tags[key] in NEVER else tags[key]
    return None


def level_of(tags):
    try:
        return int(float(tags["layer"]))
    except (KeyError, ValueError):
        pass
    if tags.get("bridge", "no") != "no":
        return 1
    return -1 if tags.get("tunnel", "no") not in ("no", "building_passage", "covered") else 0


def walkable(tags):
    word, kind = access(tags), class_of(tags)
    if kind is None or word == "shut":
        return False
    if word is None and (tags.get("motorroad") == "yes" or "separate" in (tags.get("sidewalk"), tags.get("sidewalk:both"))):
        return False
    return kind in WALKED or word in ("open", "last")


def is_square(tags, refs):
    if tags.get("type") == "multipolygon":
        return True
    kind = class_of(tags)
    return (len(refs) > 2 and refs[0] == refs[-1] and tags.get("area") != "no"
            and (tags.get("area") == "yes" or kind in ("pedestrian", "platform")))


def walkable_ways(ways, relations):
    for tags, members in relations:
        for m in members if class_of(tags) else ():
            if m in ways and "highway" not in ways[m][0] and not class_of(ways[m][0]):
                ways[m] = (tags, ways[m][1])
    used = {w: v for w, v in ways.items() if class_of(v[0])}
    met = {n for t, refs in used.values() if not is_square(t, refs) for n in refs}
    squares = {w for w, v in used.items() if is_square(*v)}
    while True:  # outlines that no path meets lead nowhere
        joined = {w for w in squares if any(n in met for n in used[w][1])}
        if not joined:
            break
        met.update(n for w in joined for n in used[w][1])
        squares -= joined
    return [v for w, v in used.items() if w not in squares and walkable(v[0])]


# ------------------------------------------------------------------------------------------------------------ streets

def metres(a, b):
    phi = math.radians((a[1] + b[1]) / 2)
    w = 1 - SQUARED_ECCENTRICITY * math.sin(phi) ** 2
    north = SEMI_MAJOR * (1 - SQUARED_ECCENTRICITY) / w ** 1.5 * math.radians(b[1] - a[1])
    east = SEMI_MAJOR / w ** 0.5 * math.cos(phi) * math.radians(b[0] - a[0])
    return math.hypot(east, north)


class Streets:
    def __init__(self, path):
        self.node, ways, relations, barred = read_osm(path)
        self.near = collections.defaultdict(list)  # node -> (node, seconds)
        self.piece = []  # (a, b, metres, seconds, may stand here)
        for tags, refs in walkable_ways(ways, relations):
            kmh = min(5, SLOW.get(tags.get("surface"), 5))
            refs = [n for n in refs if n in self.node]
            for a, b in zip(refs, refs[1:]):
                length = metres(self.node[a], self.node[b])
                # A node that stops walkers is an end of its own on every piece.
                a_end, b_end = ((n, a, b) if n in barred else n for n in (a, b))
                for end, n in ((a_end, a), (b_end, b)):
                    self.node[end] = self.node[n]
                self.near[a_end].append((b_end, length / (kmh / 3.6)))
                self.near[b_end].append((a_end, length / (kmh / 3.6)))
                self.piece.append((a_end, b_end, length, length / (kmh / 3.6), level_of(tags) == 0))
        self.drop_small()
        self.square = collections.defaultdict(list)
        for k, (a, b, *_rest, stand) in enumerate(self.piece):
            if not stand:
                continue
            (x0, y0), (x1, y1) = self.node[a], self.node[b]
            for i in range(int(min(x0, x1) // .005), int(max(x0, x1) // .005) + 1):
                for j in range(int(min(y0, y1) // .005), int(max(y0, y1) // .005) + 1):
                    self.square[i, j].append(k)

    def drop_small(self):
        """Nobody is put on a part of the network that is shorter than 300 m in all."""
        part, length = {}, collections.Counter()
        for start in self.near:
            if start in part:
                continue
            part[start], todo = start, [start]
            while todo:
                for to, _ in self.near[todo.pop()]:
                    if to not in part:
                        part[to] = start
                        todo.append(to)
        for a, _b, m, *_ in self.piece:
            length[part[a]] += m
        self.piece = [p[:4] + (p[4] and length[part[p[0]]] >= 300,) for p in self.piece]

    def spot(self, lon, lat):
        """(piece, share of it, metres to it) of the nearest; None beyond the snap limit."""
        best = (SNAP_M, None, None)
        i, j = int(lon // .005), int(lat // .005)
        east, north = metres((lon - .001, lat), (lon + .001, lat)) * 500, metres((lon, lat - .001), (lon, lat + .001)) * 500
        for k in {k for di in (-1, 0, 1) for dj in (-1, 0, 1) for k in self.square.get((i + di, j + dj), ())}:
            a, b = self.piece[k][:2]
            (x0, y0), (x1, y1) = self.node[a], self.node[b]
            x0, x1, y0, y1 = (x0 - lon) * east, (x1 - lon) * east, (y0 - lat) * north, (y1 - lat) * north
            dx, dy = x1 - x0, y1 - y0
            s = min(max(-(x0 * dx + y0 * dy) / (dx * dx + dy * dy), 0), 1) if dx or dy else 0
            far = math.hypot(x0 + s * dx, y0 + s * dy)
            if far <= best[0]:
                best = (far, k, s)
        return None if best[1] is None else (best[1], best[2], best[0])

    def tree(self, spot, most):
        """Seconds to all nodes within the bound."""
        if spot is None:
            return {}
        k, s, leg = spot
        a, b, _, seconds, _ = self.piece[k]
        best, todo = {}, []
        for n, t in ((a, s * seconds), (b, (1 - s) * seconds)):
            if t + leg / WALK_MS < best.get(n, most):
                best[n] = t + leg / WALK_MS
                heapq.heappush(todo, (best[n], id(n), n))
        while todo:
            t, _, n = heapq.heappop(todo)
            if t > best[n]:
                continue
            for to, more in self.near[n]:
                if t + more < best.get(to, most):
                    best[to] = t + more
                    heapq.heappush(todo, (t + more, id(to), to))
        return best

    def between(self, tree, spot, to):
        """Seconds from the spot whose tree it is to another; infinite beyond the tree."""
        if spot is None or to is None:
            return math.inf
        k, s, leg = to
        a, b, _, seconds, _ = self.piece[k]
        best = min(tree.get(a, math.inf) + s * seconds, tree.get(b, math.inf) + (1 - s) * seconds)
        if spot[0] == k:
            best = min(best, abs(s - spot[1]) * seconds + spot[2] / WALK_MS)
        return best + leg / WALK_MS


# ---------------------------------------------------------------------------------------------------------- timetable

def table(archive, name):
    if name not in archive.namelist():
        return
    with archive.open(name) as f:
        yield from csv.DictReader(io.TextIOWrapper(f, "utf-8-sig"), skipinitialspace=True)


def clock(text):
    h, m, s = text.split(":")
    return int(h) * 3600 + int(m) * 60 + int(s)


def sphere(stop):
    lon, lat = map(math.radians, stop)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def fill(times, at):
    """Times that are not stated, by the straight way between those that are."""
    known = [i for i, t in enumerate(times) if t is not None]
    for i, j in zip(known, known[1:]):
        way = [math.dist(at[k - 1], at[k]) for k in range(i + 1, j + 1)]
        done, begin, end = 0, times[i][1], times[j][0]
        for k in range(i + 1, j):
            done += way[k - i - 1]
            share = done / sum(way) if sum(way) > 0 else (k - i) / (j - i)
            times[k] = (begin + math.floor(share * (end - begin)),) * 2


def read_feed(path, number, stops, connections):
    archive = zipfile.ZipFile(path)
    running_today = {r["service_id"] for r in table(archive, "calendar.txt")
                     if r[WEEKDAY] == "1" and r["start_date"] <= DAY <= r["end_date"]}
    for r in table(archive, "calendar_dates.txt"):
        if r["date"] == DAY:
            (running_today.add if r["exception_type"] == "1" else running_today.discard)(r["service_id"])
    for r in table(archive, "stops.txt"):
        stops[number, r["stop_id"]] = (float(r["stop_lon"]), float(r["stop_lat"]))
    today = {r["trip_id"] for r in table(archive, "trips.txt") if r["service_id"] in running_today}
    trips = collections.defaultdict(list)
    for r in table(archive, "stop_times.txt"):
        if r["trip_id"] in today:
            trips[r["trip_id"]].append((int(r["stop_sequence"]), r["stop_id"], r["arrival_time"], r["departure_time"]))
    for trip, calls in trips.items():
        calls.sort()
        at = [(number, c[1]) for c in calls]
        times = [(clock(c[2] or c[3]), clock(c[3] or c[2])) if c[2] or c[3] else None for c in calls]
        fill(times, [sphere(stops[s]) for s in at])
        for i in range(len(at) - 1):
            if BEGIN <= times[i][1] <= BEGIN + 60 * LANES + MOST_S:
                connections.append((times[i][1], i, times[i + 1][0], at[i], at[i + 1], (number, trip)))


def scan(connections, first, start, walks, begin):
    """Earliest arrivals by a ride at all stops, setting out at `begin`. start: stop -> seconds walked to it."""
    ready = {s: begin + t for s, t in start.items()}
    arrived, aboard = {}, set()
    for leave, _, arrive, a, b, trip in connections[first:]:
        if leave > begin + MOST_S:
            break
        if trip not in aboard:
            if ready.get(a, math.inf) > leave:
                continue
            aboard.add(trip)
        if arrive < arrived.get(b, math.inf):
            arrived[b] = arrive
            for to, seconds in walks[b]:
                if arrive + seconds < ready.get(to, math.inf):
                    ready[to] = arrive + seconds
    return arrived


def transit(streets, places, spots, trees):
    stops, connections = {}, []
    for number, path in enumerate(feeds):
        read_feed(path, number, stops, connections)
    connections.sort(key=lambda c: (c[0], c[2], c[5], c[1]))
    departures = [c[0] for c in connections]
    used = {s for c in connections for s in c[3:5]}
    spot = {s: streets.spot(*stops[s]) for s in used}
    on = collections.defaultdict(list)  # a node -> stops on a piece that begins or ends there
    for s, of in spot.items():
        for end in set(streets.piece[of[0]][:2]) if of else ():
            on[end].append(s)
    walks, before, after = {s: [(s, 0)] for s in used}, {}, {}

    def reached(of, skip):
        tree = streets.tree(of, WALK_LIMIT_S)
        near = {s for n in tree for s in on.get(n, ())} | {s for s in on.get(streets.piece[of[0]][0], ())}
        out = ((s, streets.between(tree, of, spot[s])) for s in near if s != skip)
        return [(s, t) for s, t in out if t <= WALK_LIMIT_S + 0.016]

    for s in used:
        if spot[s]:
            walks[s] += [(to, math.ceil(t - 0.016)) for to, t in reached(spot[s], s)]
    for p in places:
        near = reached(spots[p], None)
        before[p] = {s: math.ceil(t - 0.016) for s, t in near}
        after[p] = near
    out = {}
    for p in places:
        lanes = {q: [] for q in places if q != p}
        on_foot = {q: streets.between(trees[p], spots[p], spots[q]) for q in lanes}
        for lane in range(LANES):
            begin = BEGIN + 60 * lane
            arrived = scan(connections, bisect.bisect_left(departures, begin), before[p], walks, begin)
            for q in lanes:
                rides = (arrived[s] - begin + t for s, t in after[q] if s in arrived)
                lanes[q].append(min(on_foot[q], min(rides, default=math.inf)))
        for q, times in lanes.items():
            out[p, q] = sorted(times)[math.ceil(LANES / 2) - 1]
    return out


# --------------------------------------------------------------------------------------------------------------- main

with open(places_file, encoding="utf-8") as f:
    places = {r["id"]: (float(r["lon"]), float(r["lat"])) for r in csv.DictReader(f)}
db = sqlite3.connect(result)
answer = {(mode, a, b): s for mode, a, b, s in db.execute("select mode, from_id, to_id, seconds from matrix")
          if a in places and b in places}
largest = {m: max(s for (mode, *_), s in answer.items() if mode == m and s is not None) for m in {k[0] for k in answer}}
streets = Streets(osm_file)
spots = {p: streets.spot(*at) for p, at in places.items()}
trees = {p: streets.tree(spots[p], MOST_S + 60) for p in places}


def within(seconds):
    return seconds if seconds <= MOST_S else None


for p in places:
    for q in places:
        if p != q:
            own = streets.between(trees[p], spots[p], spots[q])
            if abs(own - MOST_S) > 2:
                check(f"on foot from {p} to {q}", answer["walk", p, q], within(own), 0.5 + own / 2000)
if feeds:
    for (p, q), own in transit(streets, places, spots, trees).items():
        if abs(own - MOST_S) > 90:
            check(f"by transit from {p} to {q}", answer["transit", p, q], within(own), 5)
print(f"{compared} times compared, {faults} differ")
sys.exit(faults > 0 or compared == 0)
