/* findings.c - the list of what was found in the data. */
#include <string.h>

#include "sund/layers.h"

sund_code sund_finding_add(sund_ctx *ctx, sund_findings *list, sund_finding finding) {
  if (list->count == list->room) {
    size_t room = list->room ? list->room * 2 : 16;
    sund_finding *item = sund_alloc(ctx, room, sizeof *item);
    if (!item) return SUND_LIMIT;
    if (list->count > 0) memcpy(item, list->item, list->count * sizeof *item);
    list->item = item;
    list->room = room;
  }
  list->item[list->count++] = finding;
  return SUND_OK;
}
