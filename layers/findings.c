/* findings.c - the list of what was found in the data. */
#include "sund/layers.h"

sund_code sund_finding_add(sund_ctx *ctx, sund_findings *list, sund_finding finding) {
  sund_finding *item = sund_grow(ctx, list->item, &list->room, list->count + 1, sizeof *item);
  if (!item) return SUND_LIMIT;
  list->item = item;
  list->item[list->count++] = finding;
  return SUND_OK;
}
