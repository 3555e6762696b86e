/* list.c - the table of queries, made from list.h. */
#include <string.h>

#include "sund/queries.h"

#define QUERY(name) extern const sund_query query_##name;
#include "list.h"
#undef QUERY

#define QUERY(name) &query_##name,
const sund_query *const sund_queries[] = {
#include "list.h"
    NULL};
#undef QUERY

const sund_query *sund_query_find(const char *name) {
  for (size_t i = 0; sund_queries[i]; i++)
    if (strcmp(sund_queries[i]->name, name) == 0) return sund_queries[i];
  return NULL;
}
