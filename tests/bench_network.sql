-- bench_network.sql - the network question of tests/bench, asked to PostGIS and pgRouting: how far is it along the
-- streets from every home to the nearest green area of at least 0.5 ha? Runs after bench_straight.sql (table
-- big_green). Streets come cut at every junction and with their length on the ground (table `edges`); homes and
-- entrances are put on the nearest edge, with the leg there. The answer is table `network`.

CREATE FUNCTION pg_temp.ground_m(geometry, geometry) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
'SELECT ST_Distance(ST_Transform($1, 4326)::geography, ST_Transform($2, 4326)::geography)';

-- Where a street on the ground meets the boundary one can go in.
CREATE TABLE entrance (id bigserial, green bigint, edge bigint, share float8, leg float8);
INSERT INTO entrance (green, edge, share, leg)
SELECT g.id, e.id, ST_LineLocatePoint(e.geom, m.geom), 0
FROM big_green AS g
JOIN edges AS e ON e.level = 0 AND ST_Intersects(e.geom, ST_Boundary(g.geom)),
LATERAL ST_Dump(ST_Intersection(e.geom, ST_Boundary(g.geom))) AS m;

-- Or where one ends within a metre of it.
INSERT INTO entrance (green, edge, share, leg)
SELECT g.id, d.edge, d.share, pg_temp.ground_m(d.geom, ST_ClosestPoint(ST_Boundary(g.geom), d.geom))
FROM (
  SELECT node, min(edge) AS edge, min(share) AS share, min(geom::text)::geometry AS geom
  FROM (
    SELECT source AS node, id AS edge, 0.0::float8 AS share, ST_StartPoint(geom) AS geom FROM edges WHERE level = 0
    UNION ALL SELECT target, id, 1, ST_EndPoint(geom) FROM edges WHERE level = 0) AS e
  GROUP BY node HAVING count(*) = 1) AS d
JOIN big_green AS g ON ST_DWithin(ST_Boundary(g.geom), d.geom, 1);

-- Where none does, anywhere on the boundary within 30 m of a street.
INSERT INTO entrance (green, edge, share, leg)
SELECT g.id, e.id, ST_LineLocatePoint(e.geom, p.geom),
  pg_temp.ground_m(p.geom, ST_ClosestPoint(e.geom, p.geom))
FROM big_green AS g
JOIN edges AS e ON e.level = 0 AND ST_DWithin(e.geom, g.geom, 30),
LATERAL (
  SELECT geom FROM ST_DumpPoints(ST_Segmentize(ST_Boundary(g.geom), 10))
  UNION ALL SELECT ST_ClosestPoint(ST_Boundary(g.geom), e.geom)) AS p
WHERE g.id NOT IN (SELECT green FROM entrance) AND ST_DWithin(e.geom, p.geom, 30);

-- Homes on their nearest street.
CREATE TABLE placed AS
SELECT h.id, n.edge, ST_LineLocatePoint(n.geom, h.geom) AS share,
  pg_temp.ground_m(h.geom, ST_ClosestPoint(n.geom, h.geom)) AS leg,
  EXISTS (SELECT FROM big_green AS g WHERE ST_Intersects(g.geom, h.geom)) AS inside
FROM homes AS h CROSS JOIN LATERAL (
  SELECT e.id AS edge, e.geom FROM edges AS e WHERE e.level = 0 ORDER BY e.geom <-> h.geom LIMIT 1) AS n
WHERE ST_DWithin(n.geom, h.geom, 250);

-- Edges cut at the entrances. One more node, 0, leads to all entrances at the cost of their legs.
CREATE TABLE stops AS
SELECT id AS edge, 0.0::float8 AS share, source AS node FROM edges
UNION ALL SELECT id, 1, target FROM edges
UNION ALL SELECT edge, share, 1000000000000 + id FROM entrance;

CREATE TABLE arcs AS
SELECT row_number() OVER () AS id, s.edge, s.source, s.target, s.low, s.high, (s.high - s.low) * e.metres AS cost
FROM (
  SELECT edge, node AS source, share AS low, lead(node) OVER w AS target, lead(share) OVER w AS high
  FROM stops WINDOW w AS (PARTITION BY edge ORDER BY share, node)) AS s
JOIN edges AS e ON e.id = s.edge
WHERE s.target IS NOT NULL;
INSERT INTO arcs
SELECT (SELECT max(id) FROM arcs) + id, NULL, 0, 1000000000000 + id, NULL, NULL, leg FROM entrance;
CREATE INDEX ON arcs (edge);
ANALYZE arcs;

CREATE TABLE reached AS
SELECT node, agg_cost AS metres
FROM pgr_drivingDistance('SELECT id, source, target, cost FROM arcs', 0, 1e9, false);
CREATE INDEX ON reached (node);
ANALYZE reached;

CREATE TABLE network AS
SELECT p.id, min(CASE WHEN p.inside THEN 0 ELSE p.leg + least(
  a.metres + (p.share - r.low) / nullif(r.high - r.low, 0) * r.cost,
  b.metres + (r.high - p.share) / nullif(r.high - r.low, 0) * r.cost) END) AS metres
FROM placed AS p
JOIN arcs AS r ON r.edge = p.edge AND p.share BETWEEN r.low AND r.high
LEFT JOIN reached AS a ON a.node = r.source
LEFT JOIN reached AS b ON b.node = r.target
GROUP BY p.id;
