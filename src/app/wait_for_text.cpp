#include "app/wait_for_text.hpp"

#include <memory>
#include <utility>

#include "app/read_texts.hpp"
#include "store/message_queries.hpp"
#include "workflow/texts/text_waiters.hpp"

namespace dialplane {

namespace {

constexpr std::size_t rows_at_once = 100;
constexpr std::size_t rows_max = 1'000;
constexpr std::int64_t retry_after_ms = 1'000;

using waited_done = unique_function<void(result<std::optional<message>>)>;

error too_many_wait() {
  error refusal = not_done(error_code::rate_limited,
                           "Too many requests wait for texts now; try again shortly.", "");
  refusal.details["retry_after_ms"] = retry_after_ms;
  return refusal;
}

// The oldest text that fits among those since `after`; the first thousand are looked at.
result<std::optional<message>> find_received(session& work, const awaited_text& wanted,
                                             uuid_bytes after) {
  for (std::size_t seen = 0; seen < rows_max; seen += rows_at_once) {
    TRY_ASSIGN(auto rows, work.messages().received_after(wanted.owner, wanted.number, after,
                                                         rows_at_once));
    for (message& row : rows) {
      if (wanted.fits(row)) return std::optional(std::move(row));
    }
    if (rows.size() < rows_at_once) break;
    after = rows.back().id.bytes;
  }
  return std::optional<message>();
}

// First in the list, then the look: a text in between is not missed. Whoever comes first tells;
// the other finds the waiter gone.
void wait_and_look(app_environment& env, awaited_text wanted, wait_for_text_request& request,
                   const uuid_bytes& after, std::shared_ptr<waited_done> told) {
  const auto id = env.waiters.add(wanted, request.wait, std::move(request.is_wanted),
                                  [told](std::optional<message> found) {
                                    (*told)(std::move(found));
                                  });
  if (!id) return (*told)(too_many_wait());
  env.database().read<std::optional<message>>(
      [wanted = std::move(wanted), after](session& work) {
        return find_received(work, wanted, after);
      },
      [&env, told, id = *id](result<std::optional<message>> found) {
        const bool goes_on_waiting = found && !*found;
        if (goes_on_waiting) return;
        if (env.waiters.take(id)) (*told)(std::move(found));
      });
}

}  // namespace

void wait_for_text(app_environment& env, wait_for_text_request request, waited_done done) {
  const uuid_bytes after = request.after.value_or(env.ids().next());
  auto told = std::make_shared<waited_done>(std::move(done));
  auto asked = std::make_shared<wait_for_text_request>(std::move(request));
  env.database().read<number>(
      [asked](session& work) {
        return find_readable_phone(work, asked->who, asked->user, asked->number);
      },
      [&env, asked, after, told](result<number> readable) {
        if (!readable) return (*told)(std::move(readable).error());
        awaited_text wanted{asked->who.organization, asked->number, std::move(asked->from),
                            std::move(asked->pattern)};
        wait_and_look(env, std::move(wanted), *asked, after, told);
      });
}

}  // namespace dialplane
