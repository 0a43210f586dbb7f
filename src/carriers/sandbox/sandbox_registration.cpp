// The sandbox carrier's registry and reviewer: brands, campaigns, attachments.
#include "carriers/sandbox/ledger_file.hpp"
#include "carriers/sandbox/sandbox_carrier.hpp"

namespace dialplane::sandbox {

milliseconds sandbox_carrier::brand_check() const {
  return options_.brand_check.value_or(brand_check_time(review()));
}

void sandbox_carrier::file_brand(brand_filing filing, carrier_done<brand_report> done) {
  ledger_->submit<brand_report>(
      [this, filing = std::move(filing)](ledger_file& file) {
        return brands(file).file(filing, brand_check());
      },
      std::move(done));
}

void sandbox_carrier::brand_state(std::string reference, carrier_done<brand_report> done) {
  ledger_->submit<brand_report>(
      [this, reference = std::move(reference)](ledger_file& file) {
        return brands(file).state(reference);
      },
      std::move(done));
}

void sandbox_carrier::resend_brand_code(std::string reference, carrier_done<brand_report> done) {
  ledger_->submit<brand_report>(
      [this, reference = std::move(reference)](ledger_file& file) {
        return brands(file).resend(reference);
      },
      std::move(done));
}

void sandbox_carrier::confirm_brand_code(std::string reference, std::string code,
                                         carrier_done<brand_report> done) {
  ledger_->submit<brand_report>(
      [this, reference = std::move(reference), code = std::move(code)](ledger_file& file) {
        return brands(file).confirm(reference, code);
      },
      std::move(done));
}

void sandbox_carrier::file_campaign(campaign_filing filing, carrier_done<campaign_report> done) {
  ledger_->submit<campaign_report>(
      [this, filing = std::move(filing)](ledger_file& file) -> result<campaign_report> {
        if (filing.kind == campaign_kind::ten_dlc) {
          TRY_ASSIGN(const bool verified, brands(file).is_verified(filing.brand_reference));
          if (!verified) {
            return refused(error_code::carrier_refused, "A campaign needs a verified brand.");
          }
        }
        return campaigns(file).file(filing, review());
      },
      std::move(done));
}

void sandbox_carrier::campaign_state(std::string reference, carrier_done<campaign_report> done) {
  ledger_->submit<campaign_report>(
      [this, reference = std::move(reference)](ledger_file& file) {
        return campaigns(file).state(reference);
      },
      std::move(done));
}

void sandbox_carrier::attach_number(std::string campaign_reference, std::string e164,
                                    carrier_done<void> done) {
  const auto key = stock_.find(e164);
  if (!key) {
    return ledger_->submit<void>([](ledger_file&) -> result<void> { return not_our_number(); },
                                 std::move(done));
  }
  ledger_->submit<void>(
      [this, reference = std::move(campaign_reference), key = *key](ledger_file& file) {
        return campaigns(file).attach(reference, key, review());
      },
      std::move(done));
}

void sandbox_carrier::attachment_state(std::string campaign_reference, std::string e164,
                                       carrier_done<attachment_report> done) {
  const auto key = stock_.find(e164);
  if (!key) {
    return ledger_->submit<attachment_report>(
        [](ledger_file&) -> result<attachment_report> { return not_our_number(); },
        std::move(done));
  }
  ledger_->submit<attachment_report>(
      [this, reference = std::move(campaign_reference), key = *key](ledger_file& file) {
        return campaigns(file).attachment(reference, key);
      },
      std::move(done));
}

void sandbox_carrier::end_campaign(std::string reference, carrier_done<void> done) {
  ledger_->submit<void>(
      [this, reference = std::move(reference)](ledger_file& file) {
        return campaigns(file).end(reference);
      },
      std::move(done));
}

// ---- the operator's hand ----------------------------------------------------------------------

result<void> sandbox_carrier::order_review(review_order wanted) {
  return orders_.order(std::move(wanted));
}

std::vector<review_order> sandbox_carrier::reviews() const { return orders_.waiting(); }

void sandbox_carrier::clear_reviews() { orders_.clear(); }

void sandbox_carrier::brand_codes(carrier_done<std::vector<sandbox_code>> done) {
  ledger_->submit<std::vector<sandbox_code>>(
      [this](ledger_file& file) { return brands(file).codes(); }, std::move(done));
}

milliseconds sandbox_carrier::code_lifetime() const {
  return milliseconds(code_lifetime_ms_.load());
}

void sandbox_carrier::set_code_lifetime(milliseconds lifetime) {
  code_lifetime_ms_.store(lifetime.count());
}

milliseconds sandbox_carrier::review() const { return milliseconds(review_ms_.load()); }

void sandbox_carrier::set_review(milliseconds review, carrier_done<void> done) {
  ledger_->submit<void>(
      [this, review](ledger_file& file) -> result<void> {
        TRY(campaigns(file).set_review(review));
        // Here, so that a filing right behind this in the queue gets it too.
        review_ms_.store(review.count());
        return {};
      },
      std::move(done));
}

}  // namespace dialplane::sandbox
