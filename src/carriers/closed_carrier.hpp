// Stands in the place of an account that cannot be used: removed while numbers still live there, or
// not to be opened by this program.
//
// Every call ends as `not_done` with the reason, on the loop that made it: what waits for the
// account goes on waiting, and nothing is taken for done. Verifies no webhook.
#pragma once

#include <string>

#include "carriers/passing_carrier.hpp"

namespace dialplane {

class closed_carrier final : public passing_carrier {
 public:
  // `abilities` are those of the account it stands for; `reason` is a sentence.
  closed_carrier(carrier_abilities abilities, std::string reason)
      : passing_carrier(nullptr), abilities_(std::move(abilities)), reason_(std::move(reason)) {}

  const carrier_abilities& abilities() const noexcept override { return abilities_; }
  result<verified_webhook> verify_webhook(const carrier_webhook& received) const override;

 private:
  result<call_end> on_call(carrier_method which) override;

  carrier_abilities abilities_;
  std::string reason_;
};

}  // namespace dialplane
