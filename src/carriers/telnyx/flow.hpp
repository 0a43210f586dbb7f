// One call of the port that takes several requests: it asks, goes on with the answer, and ends
// exactly once.
//
// A flow keeps itself alive while a request is under way and holds the account only weakly: when
// the carrier is destroyed its requests end as failures, and so does the flow. It lives on the
// loop that started it.
#pragma once

#include <memory>
#include <utility>

#include "carriers/telnyx/account.hpp"

namespace dialplane::telnyx {

template <typename T>
class flow : public std::enable_shared_from_this<flow<T>> {
 public:
  flow(const std::shared_ptr<account>& at, carrier_done<T> done)
      : at_(at), done_(std::move(done)) {}
  virtual ~flow() = default;
  flow(const flow&) = delete;
  flow& operator=(const flow&) = delete;

 protected:
  // `then(api_answer)` gets answers of every status; without an answer the flow ends.
  template <typename Then>
  void ask_any(api_request request, Then then) {
    const std::shared_ptr<account> at = at_.lock();
    if (at == nullptr) return end(account_is_gone());
    at->requests.send(std::move(request), [self = this->shared_from_this(),
                                           then = std::move(then)](result<api_answer> got) mutable {
      if (!got) return self->end(std::move(got).error());
      then(*std::move(got));
    });
  }

  // As ask_any; what is not 2xx ends the flow too.
  template <typename Then>
  void ask(api_request request, Then then) {
    ask_any(std::move(request), [this, then = std::move(then)](api_answer got) mutable {
      if (got.failure) return end(*std::move(got.failure));
      then(std::move(got.body));
    });
  }

  // A step that another flow takes; its error ends this one.
  template <typename U, typename Then>
  carrier_done<U> step(Then then) {
    return [self = this->shared_from_this(), then = std::move(then)](result<U> got) mutable {
      if (!got) return self->end(std::move(got).error());
      then(*std::move(got));
    };
  }

  void end(result<T> outcome) {
    if (!done_) return;
    auto done = std::exchange(done_, nullptr);
    done(std::move(outcome));
  }

  std::shared_ptr<account> at() const { return at_.lock(); }

 private:
  const std::weak_ptr<account> at_;
  carrier_done<T> done_;
};

}  // namespace dialplane::telnyx
