/* osm_wire.c - Protocol Buffers as they lie in a file. */
#include "osm_wire.h"

uint64_t osm_wire_long(osm_wire *wire) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && wire->at < wire->end; shift += 7) {
    uint8_t byte = *wire->at++;
    value |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  wire->bad = true;
  wire->at = wire->end;
  return 0;
}

static bool skip(osm_wire *wire, uint64_t bytes) {
  if (bytes > (uint64_t)(wire->end - wire->at)) {
    wire->bad = true;
    wire->at = wire->end;
    return false;
  }
  wire->at += bytes;
  return true;
}

bool osm_wire_next(osm_wire *wire, osm_field *out) {
  if (wire->at >= wire->end) return false;
  uint64_t key = osm_wire_varint(wire);
  *out = (osm_field){.number = (uint32_t)(key >> 3), .type = (uint32_t)(key & 7)};
  if (key >> 32 != 0 || out->number == 0) wire->bad = true;
  switch (out->type) {
    case OSM_WIRE_VARINT:
      out->value = osm_wire_varint(wire);
      break;
    case OSM_WIRE_FIXED64:
      skip(wire, 8);
      break;
    case OSM_WIRE_FIXED32:
      skip(wire, 4);
      break;
    case OSM_WIRE_BYTES: {
      uint64_t length = osm_wire_varint(wire);
      out->bytes.at = wire->at;
      if (skip(wire, length)) out->bytes.end = wire->at;
      else out->bytes.end = out->bytes.at;
      break;
    }
    default: /* groups are not used in these files */
      wire->bad = true;
  }
  return !wire->bad;
}

size_t osm_wire_count(const osm_wire *wire) {
  size_t count = 0;
  for (const uint8_t *at = wire->at; at < wire->end; at++) count += *at < 0x80;
  return count;
}
