#include "workflow/reconcile/restore_pause.hpp"

#include <charconv>
#include <string>
#include <string_view>

#include "workflow/purchase_pause.hpp"

namespace dialplane {

namespace {

constexpr std::string_view began_setting = "purchases_paused_at";
constexpr std::string_view restored_setting = "restored_at";

result<std::optional<timestamp>> time_setting(session& work, std::string_view name) {
  TRY_ASSIGN(const auto text, work.organizations().setting(name));
  if (!text || text->empty()) return std::optional<timestamp>();
  timestamp at;
  std::from_chars(text->data(), text->data() + text->size(), at.unix_ms);
  return std::optional(at);
}

}  // namespace

result<void> begin_restore_pause(session& work, timestamp now) {
  TRY(work.organizations().put_setting(began_setting, std::to_string(now.unix_ms)));
  TRY(work.organizations().put_setting(restored_setting, std::to_string(now.unix_ms)));
  return pause_purchases(work,
                         "the database was restored from a copy; every carrier account is being"
                         " compared with it.");
}

result<std::optional<timestamp>> restore_pause(session& work) {
  return time_setting(work, began_setting);
}

result<std::optional<timestamp>> last_restore(session& work) {
  return time_setting(work, restored_setting);
}

result<void> end_restore_pause(session& work) {
  TRY(work.organizations().put_setting(began_setting, ""));
  return resume_purchases(work);
}

}  // namespace dialplane
