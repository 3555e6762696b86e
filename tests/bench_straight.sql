-- bench_straight.sql - the straight-line question of tests/bench, asked to PostGIS: how far is it from every home to
-- the nearest green area of at least 0.5 ha, touching parcels merged? Run by psql; the answer is table `straight`.

-- Clusters first, then a union of each: a union of all would be dissolved piece by piece again.
CREATE TABLE parts AS
SELECT ST_Union(geom) AS geom FROM (SELECT geom, ST_ClusterDBSCAN(geom, 1, 1) OVER () AS cluster FROM green) AS c
GROUP BY cluster;

CREATE TABLE big_green AS
SELECT row_number() OVER () AS id, geom FROM parts
WHERE ST_Area(ST_Transform(geom, 4326)::geography) >= 5000;
CREATE INDEX ON big_green USING gist (geom);
ANALYZE big_green;

CREATE TABLE straight AS
SELECT h.id, h.geom, n.metres, n.near
FROM homes AS h CROSS JOIN LATERAL (
  SELECT ST_Distance(h.geom, g.geom) AS metres, ST_ClosestPoint(g.geom, h.geom) AS near
  FROM big_green AS g ORDER BY h.geom <-> g.geom LIMIT 1) AS n;
