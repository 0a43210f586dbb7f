// The columns of the table numbers, in the order of the record's fields.
#pragma once

#include "store/number_queries.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<number> {
  static auto fields(auto& row) {
    return field_list(row.organization, row.id, row.user, row.status, row.type, row.bought_through,
                      empty_as_null(row.e164), row.label, row.area_code_asked, row.inbound_agent,
                      row.campaign, row.campaign_attached, row.carrier, row.mark, row.routing_set,
                      row.locked, row.release_operation, row.created_at, row.updated_at,
                      row.released_at, row.attachment_failure, row.attachment_since,
                      row.imported, row.carrier_reference);
  }
};

#define NUMBER_COLUMNS                                                                           \
  "n.organization_id, n.id, n.user_id, n.status, n.type, n.bought_through, n.e164, n.label,"     \
  " n.area_code_asked, n.inbound_agent_id, n.campaign_id, n.campaign_attached, n.carrier,"       \
  " n.mark, n.routing_set, n.locked, n.release_operation_id, n.created_at, n.updated_at,"        \
  " n.released_at, n.attachment_failure, n.attachment_since, n.imported, n.carrier_reference"

template <>
struct row_shape<number_view> {
  static auto fields(auto& view) {
    return std::tuple_cat(row_shape<number>::fields(view.row),
                          field_list(view.inbound_agent_name));
  }
};

#define NUMBER_VIEW_COLUMNS NUMBER_COLUMNS ", a.name"
#define WITH_AGENT_NAME                                           \
  " LEFT JOIN agents a ON a.organization_id = n.organization_id"  \
  " AND a.id = n.inbound_agent_id"

}  // namespace dialplane::sqlite
