/* list.h - the queries of sund, in the order they are listed and run.
 *
 * A row of data that is included with different meanings of QUERY (after PROJ's list of projections). A query is a
 * file queries/NAME.c that exports `const sund_query query_NAME`; its row here is all the rest of the program needs.
 */
QUERY(access)
QUERY(coast)
QUERY(flood)
QUERY(catchment)
QUERY(labour)
