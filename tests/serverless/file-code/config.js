throw new Error('nobody runs this');
