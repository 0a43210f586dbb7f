#include "app/read_operation.hpp"

#include <optional>
#include <utility>

#include "app/subject.hpp"

namespace dialplane {

result<operation> read_operation(session& work, const actor& who, operation_id id) {
  TRY_ASSIGN(auto found, work.operations().find(who.organization, id));
  const std::optional<user_id> visible = visible_user(who, std::nullopt);
  if (!found || (visible && found->user != *visible)) {
    return refused(error_code::not_found, "No such operation.");
  }
  return *std::move(found);
}

}  // namespace dialplane
