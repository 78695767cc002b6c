package db

// SchemaTold is the setting that names the schema that members were last told of, in digits.
const SchemaTold = "schema"

// NamesFolded is the setting that says by which rule names were last compared anew, in digits.
const NamesFolded = "names_folded"

// Setting returns a setting of the installation; nil if it is not there.
func (tx *Tx) Setting(name string) ([]byte, error) {
	var rows []struct{ Value []byte }
	err := tx.Raw("SELECT value FROM settings WHERE name = ?", name).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0].Value, nil
}

// PutSetting writes a setting of the installation, whether it was there or not.
func (tx *Tx) PutSetting(name string, value []byte) error {
	return tx.Exec("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value).Error
}
