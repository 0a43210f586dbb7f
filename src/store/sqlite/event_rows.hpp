// The columns of the table events, in the order of the record's fields.
#pragma once

#include "domain/event.hpp"
#include "store/sqlite/row_mapping.hpp"

namespace dialplane::sqlite {

template <>
struct row_shape<event> {
  static auto fields(auto& row) {
    return field_list(row.id, row.organization, row.user, row.type, row.data, row.created_at);
  }
};

}  // namespace dialplane::sqlite
