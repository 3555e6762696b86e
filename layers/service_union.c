/* service_union.c - one trip made of two that different feeds know of it: of the same stretch, or one behind the other.
 */
#include "service_merge.h"

static uint8_t bikes_of(uint8_t a, uint8_t b) {
  if (a == 0 || b == 0) return a | b; /* the feed that says something */
  return a == b ? a : 2;
}

/* Headway trips count from a begin of their own: moved so that the calls of both count from one. */
static int32_t moved(const service_build *b, const service_trip *kept, const service_trip *other) {
  return b->run[kept->run].headway_s > 0 ? b->run[other->run].begin_s - b->run[kept->run].begin_s : 0;
}

/* Copies calls, moved in time; gives how many. */
static uint32_t copy_calls(const service_call *from, uint32_t begin, uint32_t end, int32_t later_s,
                           service_call *out) {
  uint32_t count = 0;
  for (uint32_t k = begin; k < end; k++) {
    out[count] = from[k];
    out[count].arrive_s += later_s;
    out[count++].depart_s += later_s;
  }
  return count;
}

/* A trip that begins or ends at a call the other goes on at: one may board and alight there. */
static void open_call(service_call *call, const service_call *other, int32_t later_s, bool begins) {
  call->use |= other->use;
  if (begins) call->arrive_s = other->arrive_s + later_s;
  else call->depart_s = other->depart_s + later_s;
}

static void keep_order(service_call *call, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) {
    if (k > 0 && call[k].arrive_s < call[k - 1].depart_s) call[k].arrive_s = call[k - 1].depart_s;
    if (call[k].depart_s < call[k].arrive_s) call[k].depart_s = call[k].arrive_s;
  }
}

sund_code service_unite(service_build *b, uint32_t kept, uint32_t other, service_span span) {
  service_trip *one = &b->trip[kept], *two = &b->trip[other];
  const uint32_t most = one->calls + two->calls;
  bool own_middle = span.kept_last - span.kept_first >= span.other_last - span.other_first;
  one->bikes = bikes_of(one->bikes, two->bikes);
  two->gone = true;
  if (own_middle && span.other_first == 0 && span.other_last + 1 == two->calls) return SUND_OK; /* it adds nothing */
  service_call *grown = sund_grow(b->ctx, b->call, &b->call_room, b->calls + most, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  b->call = grown;
  service_call *out = b->call + b->calls;
  const int32_t later_s = moved(b, one, two);
  uint32_t count = 0;
  const service_call *kept_call = b->call + one->first, *other_call = b->call + two->first;
  count += copy_calls(kept_call, 0, span.kept_first, 0, out);
  count += copy_calls(other_call, 0, span.other_first, later_s, out + count);
  const uint32_t head = count;
  count += own_middle ? copy_calls(kept_call, span.kept_first, span.kept_last + 1, 0, out + count)
                      : copy_calls(other_call, span.other_first, span.other_last + 1, later_s, out + count);
  const uint32_t tail = count - 1;
  if (own_middle && span.other_first > 0) open_call(&out[head], other_call + span.other_first, later_s, true);
  if (own_middle && span.other_last + 1 < two->calls)
    open_call(&out[tail], other_call + span.other_last, later_s, false);
  if (!own_middle && span.kept_first > 0) open_call(&out[head], kept_call + span.kept_first, 0, true);
  if (!own_middle && span.kept_last + 1 < one->calls) open_call(&out[tail], kept_call + span.kept_last, 0, false);
  count += copy_calls(kept_call, span.kept_last + 1, one->calls, 0, out + count);
  count += copy_calls(other_call, span.other_last + 1, two->calls, later_s, out + count);
  keep_order(out, count);
  one->first = b->calls, one->calls = count;
  b->calls += count;
  return SUND_OK;
}

sund_code service_append(service_build *b, uint32_t from, uint32_t to) {
  service_trip *one = &b->trip[from], *two = &b->trip[to];
  service_call *grown = sund_grow(b->ctx, b->call, &b->call_room, b->calls + one->calls + two->calls, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  b->call = grown;
  service_call *out = b->call + b->calls;
  uint32_t count = copy_calls(b->call + one->first, 0, one->calls, 0, out);
  count += copy_calls(b->call + two->first, 0, two->calls, 0, out + count);
  keep_order(out, count);
  service_share(b, b->call[one->first + one->calls - 1].stop, b->call[two->first].stop);
  one->first = b->calls, one->calls = count;
  one->bikes = one->bikes == two->bikes ? one->bikes : one->bikes == 2 || two->bikes == 2 ? 2 : 0;
  two->gone = true;
  b->calls += count;
  return SUND_OK;
}
