#include "app/phone_access.hpp"

#include <utility>

#include "app/subject.hpp"

namespace dialplane {

result<phone_access> find_phone_access(session& work, const actor& who,
                                       std::optional<user_id> asked) {
  phone_access access;
  TRY_ASSIGN(access.subject, find_subject(work, who, asked));
  TRY_ASSIGN(auto kit, work.users().find_kit(who.organization, access.subject.kit));
  if (!kit) return internal_fault("a user's account kit is not there");
  access.kit = *std::move(kit);
  if (!access.kit.phone_enabled()) {
    error refusal =
        refused(error_code::primitive_disabled_by_kit,
                "Not allowed by AccountKit \"" + access.kit.name + "\": primitive_disabled_by_kit");
    refusal.details = boost::json::object{{"primitive", "phone"}};
    return refusal;
  }
  return access;
}

}  // namespace dialplane
