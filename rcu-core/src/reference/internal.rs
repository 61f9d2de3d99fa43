//! What an installation knows of itself and of the register of companies: contacts of its staff and shops,
//! establishments that are closed. Nothing is shipped; the lists come from the configuration and from its stores.

use super::words::Words;

/// Addresses, whole domains and numbers that belong to no customer.
#[derive(Debug, Clone, Default)]
pub struct InternalContacts {
    emails: Words,
    domains: Words,
    phones: Words,
    closed: Words,
}

impl InternalContacts {
    /// Whether there is no contact.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.emails.len() + self.domains.len() + self.phones.len() == 0
    }

    /// Adds an address by its matching key (kind `email_key`).
    pub fn add_email(&mut self, key: &str) {
        self.emails.insert(key);
    }

    /// Adds every address of a domain, in lower case.
    pub fn add_domain(&mut self, domain: &str) {
        self.domains.insert(domain);
    }

    /// Adds a number in E.164 form.
    pub fn add_phone(&mut self, number: &str) {
        self.phones.insert(number);
    }

    /// Adds a closed establishment by its SIRET.
    pub fn add_closed(&mut self, siret: &str) {
        self.closed.insert(siret);
    }

    /// Whether an establishment is closed, as far as an extract of Sirene says.
    pub fn is_closed(&self, siret: &str) -> bool {
        self.closed.get(siret).is_some()
    }

    /// Whether an address, by its matching key, is one of them.
    pub fn has_email(&self, key: &str) -> bool {
        self.emails.get(key).is_some()
            || (self.domains.len() > 0
                && key.rsplit_once('@').is_some_and(|(_, domain)| self.domains.get(domain).is_some()))
    }

    /// Whether a number in E.164 form is one of them.
    pub fn has_phone(&self, number: &str) -> bool {
        self.phones.get(number).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_internal_by_itself_or_by_its_domain() {
        let mut t = InternalContacts::default();
        assert!(t.is_empty() && !t.has_email("a@x.fr") && !t.has_phone("+33145201122"));
        t.add_email("paul@free.fr");
        t.add_domain("maison.fr");
        t.add_phone("+33145201122");
        assert!(t.has_email("paul@free.fr") && t.has_email("zoe@maison.fr") && t.has_phone("+33145201122"));
        assert!(!t.has_email("zoe@free.fr") && !t.has_email("maison.fr") && !t.is_empty());
    }
}
