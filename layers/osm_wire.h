/* osm_wire.h - Protocol Buffers as they lie in a file (protobuf.dev, "Encoding"): keys, varints, fields of bytes.
 *
 * Nothing is read past the end: a reader that would is `bad` from then on and gives zeros.
 */
#ifndef SUND_LAYERS_OSM_WIRE_H
#define SUND_LAYERS_OSM_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct osm_wire {
  const uint8_t *at, *end;
  bool bad;
} osm_wire;

enum { OSM_WIRE_VARINT = 0, OSM_WIRE_FIXED64 = 1, OSM_WIRE_BYTES = 2, OSM_WIRE_FIXED32 = 5 };

/* A field of a message: its number and what it holds. */
typedef struct osm_field {
  uint32_t number;
  uint32_t type;
  uint64_t value; /* OSM_WIRE_VARINT */
  osm_wire bytes; /* OSM_WIRE_BYTES  */
} osm_field;

uint64_t osm_wire_long(osm_wire *wire);

static inline uint64_t osm_wire_varint(osm_wire *wire) {
  if (wire->at < wire->end && *wire->at < 0x80) return *wire->at++;
  return osm_wire_long(wire);
}

/* Signed numbers lie as 0, -1, 1, -2 ... ("zigzag"). As unsigned, so that sums may wrap. */
static inline uint64_t osm_wire_signed(osm_wire *wire) {
  uint64_t value = osm_wire_varint(wire);
  return (value >> 1) ^ (0 - (value & 1));
}

/* The next field; false at the end of the message or when it is bad. */
bool osm_wire_next(osm_wire *wire, osm_field *out);
/* How many varints there are: bytes that end one. */
size_t osm_wire_count(const osm_wire *wire);

#endif
