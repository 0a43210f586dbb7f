#include "server/text_check.hpp"

#include <future>
#include <map>

#include "server/blocking_store.hpp"

namespace dialplane {

namespace {

using text_kind = integrity_queries::text_kind;
using counts_by_id = std::map<std::string, int>;

result<counts_by_id> taken_by_sandbox(local_environment& env) {
  counts_by_id taken;
  std::int64_t after = 0;
  while (true) {
    std::promise<result<sandbox_text_ids>> outcome;
    env.loop.post([&] {
      env.sandbox.taken_texts(after, checked_at_once, [&outcome](result<sandbox_text_ids> page) {
        outcome.set_value(std::move(page));
      });
    });
    TRY_ASSIGN(const sandbox_text_ids page, outcome.get_future().get());
    for (const std::string& id : page.ids) ++taken[id];
    if (page.ids.size() < checked_at_once) return taken;
    after = page.last;
  }
}

result<std::set<std::string>> texts_here(store& database, text_kind which) {
  std::set<std::string> found;
  message_id after;
  while (true) {
    using rows = std::vector<message_id>;
    TRY_ASSIGN(const rows some, read_and_wait<rows>(database, [&after, which](session& work) {
                 return work.integrity().texts_at("sandbox", which, after, checked_at_once);
               }));
    for (const message_id id : some) found.insert(id.prefixed());
    if (some.size() < checked_at_once) return found;
    after = some.back();
  }
}

}  // namespace

result<std::set<std::string>> text_differences(local_environment& env) {
  store& database = *env.home.database;
  TRY_ASSIGN(const counts_by_id taken, taken_by_sandbox(env));
  TRY_ASSIGN(const std::set<std::string> under_way, texts_here(database, text_kind::under_way));
  TRY_ASSIGN(const std::set<std::string> sent, texts_here(database, text_kind::sent));
  std::set<std::string> found;
  for (const auto& [id, times] : taken) {
    if (times > 1) found.insert("text " + id + " was sent " + std::to_string(times) + " times");
    if (sent.contains(id) || under_way.contains(id)) continue;
    found.insert("the carrier took text " + id + " and it does not count as sent here");
  }
  for (const std::string& id : sent) {
    if (!taken.contains(id)) found.insert("text " + id + " is sent on paper only");
  }
  return found;
}

}  // namespace dialplane
